"""A listing -> evidence and numbers. The lowest floor: knows nothing of models, training or doors."""
