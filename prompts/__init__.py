"""Playbooks and prompts: what is checked, as data."""
