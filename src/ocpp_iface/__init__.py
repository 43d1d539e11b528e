"""ocpp_iface: a whole OCPP charging station behind one typed interface."""
