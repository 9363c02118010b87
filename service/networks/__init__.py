"""The social networks: one file each, all alike; each fits into `service.usecases.ports.Network`."""
