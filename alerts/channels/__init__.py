"""One module a kind of channel; a new file here is a new kind."""
