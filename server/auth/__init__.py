"""Who somebody is: passwords, tokens, sessions, and the actor that follows from them."""
