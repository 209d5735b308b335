"""One file for each system; shared transports start with an underscore."""
