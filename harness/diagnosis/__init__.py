"""Why did a case fail: what is known to be right is put in the place of one step after the other, and asked again."""
