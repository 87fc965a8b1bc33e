"""Skills: checked against the open specification, compiled from the knowledge base, put where clients look."""
