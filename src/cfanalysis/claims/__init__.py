"""What may be said: typed claims, made from released tables alone. Words spell them out; a sentence without a claim cannot be made."""
