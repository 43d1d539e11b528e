"""Pure functions between the messages of 2.0.1 and the neutral values of the station."""
