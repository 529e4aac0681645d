"""What stands between a spider and the network: robots.txt, redirects, politeness."""
