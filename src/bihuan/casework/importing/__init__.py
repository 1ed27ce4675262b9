"""Files taken in: uploaded, mapped, checked row by row, then carried out in batches that can be taken back.

``models`` what is kept · ``kinds/`` what can be imported · ``receiving`` a file and its columns · ``checking`` the
dry run · ``running`` the batches · ``reversing`` · ``papers`` templates and rejected rows · ``queries`` what is shown.
"""
