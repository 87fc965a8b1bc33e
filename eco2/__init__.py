"""The chatbot of 이코에코: question -> intents -> sub-agents -> aggregate -> answer, and its events."""
