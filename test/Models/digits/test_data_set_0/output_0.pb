
BPlus214_Output_0J(€îcÄ_E=ÅS¹ÚDÜğÁEœP,Å?V%DL§0Åf‡Åé²Dv¿WC