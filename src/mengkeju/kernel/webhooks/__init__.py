"""Webhooks: chosen events, signed by the Standard Webhooks specification, sent to addresses of organisations."""
