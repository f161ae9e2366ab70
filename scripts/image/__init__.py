"""The steps of deploy/Dockerfile in clean roots, without a container engine: `make image`."""
