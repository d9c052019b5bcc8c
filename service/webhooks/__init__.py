"""Webhooks: other services are told, signed and at least once, of every risky evaluation that was recorded."""
