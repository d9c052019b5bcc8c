"""The doors: HTTP, batch, command line. The only floor that knows FastAPI, Redis or SQL."""
