"""What every room stands on: errors, months and periods, tables, policies, files, numbers in words. Imports no other room."""
