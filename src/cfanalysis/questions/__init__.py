"""One module for each question a panel asks: released figures in, ``Table`` out. Reaches no child's record and makes no sentence."""
