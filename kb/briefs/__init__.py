"""What an agent is told before it acts: what binds a file, what a decision stands on, which incident is alike."""
