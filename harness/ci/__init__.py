"""What a CI system and a pull request are told of a run: verdict, annotations, step summary, tables for programs."""
