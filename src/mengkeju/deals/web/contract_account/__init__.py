"""A firm's contracts for 高企, 创新积分 and its research ledger."""
