"""One third-party thing a file; named only in `eco2.app`."""
