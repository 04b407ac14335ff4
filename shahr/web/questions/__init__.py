"""The questions as pages, as addresses for programs, and as an OpenAPI description."""
