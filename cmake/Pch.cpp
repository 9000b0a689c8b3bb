// Holds the precompiled header that the other libraries share.
