"""Form logic: the expression language of XLSForm, and one form of a visit being answered."""
