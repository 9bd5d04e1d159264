"""Released tables to plain English, one module for each kind of question. What was hidden is not here, so it cannot be said."""
