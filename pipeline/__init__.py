"""Reads a customer-service outsourcing contract and says what the merchant should ask for."""

__version__ = "0.1.0"
