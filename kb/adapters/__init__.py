"""One third-party thing a file; `choose` picks among them for `kb.app`, nobody else names them."""
