"""Load: put turns to a target as users would, whether or not it keeps up, and say how many of them were served well."""
