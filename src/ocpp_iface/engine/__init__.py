"""The sans-I/O kernel: it knows OCPP-J calls, and no OCPP message."""
