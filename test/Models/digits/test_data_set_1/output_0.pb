
BPlus214_Output_0J(6#‡DaÎxÅŸºD¿ò‰Côz3Ä•A‰B‚mƒC@*|Åk‹Eœ0Ã