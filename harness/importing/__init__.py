"""Production traces in, observations and draft cases out, personal data taken out before anything is written."""
