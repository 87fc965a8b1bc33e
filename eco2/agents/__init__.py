"""The sub-agents: what each knows, one file a family; `table` lists them."""
