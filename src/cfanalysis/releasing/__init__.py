"""From an authority's files to its release file: prepare, decide, prove, write, remember. The only way from one to the other."""
