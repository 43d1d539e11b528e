"""Pure functions between the messages of 1.6 and the neutral values of the station."""
