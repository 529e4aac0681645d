"""The demonstration: fictional outlets, the real service, real receivers."""
