from tests.export.village import village as village
