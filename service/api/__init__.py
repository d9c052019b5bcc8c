"""HTTP routers, one noun each."""
