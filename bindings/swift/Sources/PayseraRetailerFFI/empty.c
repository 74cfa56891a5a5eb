// A target of C needs a source; the functions are in the library.
