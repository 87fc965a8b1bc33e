"""Where figures are going: a history that runs append to, and what got worse in it beyond chance."""
