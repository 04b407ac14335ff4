"""What describes a release: VoID, DCAT, Croissant, Zenodo, a citation, README."""
