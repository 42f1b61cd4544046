"""Forms of other programs: XLSForm workbooks in and out, ODK XForms in, files of choices. Each is checked first."""
