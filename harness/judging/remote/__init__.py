"""Judges that ask a model: a cross-encoder, a language model, ragas. Behind the same port as the offline judge."""
