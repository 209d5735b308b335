"""Stand-ins for services that have no sandbox of their own, for try-outs and tests."""
