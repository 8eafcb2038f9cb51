"""The named parts that pages are made of."""
