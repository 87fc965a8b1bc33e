"""One third-party thing a file; named only in `harness.app`."""
