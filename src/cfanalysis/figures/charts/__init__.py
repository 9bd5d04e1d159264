"""Released tables to charts, one module for each form."""
