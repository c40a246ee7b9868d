"""Schemas, permissions, field checks and actions of the catalogue."""
