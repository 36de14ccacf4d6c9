"""The editor's tools: what was not understood, what to teach, and whether that made it better."""
