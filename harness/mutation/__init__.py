"""Mutation test of a judge: claims it accepts are made false or only reworded, and it must tell which is which."""
