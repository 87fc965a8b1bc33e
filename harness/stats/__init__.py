"""Two runs on the same cases: how sure a difference is, and how small a difference the cases can show."""
