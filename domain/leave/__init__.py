"""When somebody is away who would else be on shift."""
