"""The contracts in clients/contracts, written from the domain's catalogue."""
